import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * One target once under one workload, or why not: a line of the file "runs". What was not measured is not a number.
 *
 * @param round from 1; 0 where it was left out of all rounds
 * @param rate transactions or bytes a second
 * @param processor microseconds of the proxy's processor time for each request, or for each million bytes
 * @param resident bytes
 * @param median latency that half of the transactions do not exceed, in microseconds
 * @param high ... and 99 of 100
 * @param detail why it failed or was left out
 */
record Run(
        String workload,
        String target,
        int round,
        Outcome outcome,
        double rate,
        double processor,
        double resident,
        double median,
        double high,
        String detail) {

    enum Outcome {
        OK,
        FAILED,
        LEFT_OUT
    }

    static final String HEADER =
            "workload\ttarget\tround\toutcome\trate\tprocessor_us\tresident_bytes\tp50_us\tp99_us\tdetail";

    static Run failed(Workload workload, Target target, int round, String detail) {
        return without(workload, target, round, Outcome.FAILED, detail);
    }

    static Run leftOut(Workload workload, Target target, String detail) {
        return without(workload, target, 0, Outcome.LEFT_OUT, detail);
    }

    private static Run without(Workload workload, Target target, int round, Outcome outcome, String detail) {
        double none = Double.NaN;
        return new Run(workload.name(), target.name(), round, outcome, none, none, none, none, none, detail);
    }

    boolean isOk() {
        return outcome == Outcome.OK;
    }

    String line() {
        String figures = DoubleStream.of(rate, processor, resident, median, high)
                .mapToObj(Run::figure)
                .collect(Collectors.joining("\t"));
        return String.join("\t", workload, target, "" + round, "" + outcome, figures, detail);
    }

    private static String figure(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.3f", value);
    }

    private static double figure(String text) {
        return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
    }

    static List<Run> readAll(Path file) throws IOException {
        return Files.readAllLines(file).stream().skip(1).map(Run::read).toList();
    }

    private static Run read(String line) {
        String[] fields = line.split("\t", -1);
        return new Run(
                fields[0],
                fields[1],
                Integer.parseInt(fields[2]),
                Outcome.valueOf(fields[3]),
                figure(fields[4]),
                figure(fields[5]),
                figure(fields[6]),
                figure(fields[7]),
                figure(fields[8]),
                fields[9]);
    }
}
