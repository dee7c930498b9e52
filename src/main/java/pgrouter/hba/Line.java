package pgrouter.hba;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A line as PostgreSQL reads it. Where a line ends with a backslash, the next one is part of it, within quotes and
 * comments too.
 *
 * @param number of its first line in the file, from 1
 * @param starts the positions at which its lines begin in the text
 */
record Line(String file, int number, String text, List<Integer> starts) {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    static List<Line> of(String file, String content) {
        String[] physical = withoutMark(content).split("\n", -1);
        List<Line> lines = new ArrayList<>();
        for (int next = 0; next < physical.length; ) {
            Line line = join(file, physical, next);
            lines.add(line);
            next += line.starts().size();
        }
        return lines;
    }

    private static String withoutMark(String content) {
        return content.startsWith(BYTE_ORDER_MARK) ? content.substring(1) : content;
    }

    private static Line join(String file, String[] physical, int first) {
        StringBuilder text = new StringBuilder();
        List<Integer> starts = new ArrayList<>();
        boolean goesOn = true;
        for (int i = first; goesOn && i < physical.length; i++) {
            String piece = physical[i].replaceFirst("\r+$", "");
            goesOn = piece.endsWith("\\");
            starts.add(text.length());
            text.append(piece, 0, goesOn ? piece.length() - 1 : piece.length());
        }
        return new Line(file, first + 1, text.toString(), starts);
    }

    Place place(int offset) {
        int found = Collections.binarySearch(starts, offset);
        int piece = found < 0 ? -found - 2 : found;
        return new Place(file, number + piece, 1 + text.codePointCount(starts.get(piece), offset));
    }

    Place end() {
        return place(text.length());
    }
}
