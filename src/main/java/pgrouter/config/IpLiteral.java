package pgrouter.config;

import java.util.List;
import java.util.regex.Pattern;

/** Tells whether a text is a numeric address, without asking a name server (the JDK has this from 22 on). */
public final class IpLiteral {
    private static final Pattern BYTE = Pattern.compile("25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9]");
    private static final Pattern GROUP = Pattern.compile("[0-9a-fA-F]{1,4}");
    private static final Pattern ZONE = Pattern.compile("[a-zA-Z0-9._-]+");
    private static final int GROUPS = 8;

    private IpLiteral() {}

    public static boolean isVersion4(String text) {
        List<String> bytes = List.of(text.split("\\.", -1));
        return bytes.size() == 4
                && bytes.stream().allMatch(part -> BYTE.matcher(part).matches());
    }

    /** RFC 4291, section 2.2, and a zone such as {@code %eth0} (RFC 4007, section 11). */
    public static boolean isVersion6(String text) {
        int percent = text.indexOf('%');
        if (percent >= 0) {
            return ZONE.matcher(text.substring(percent + 1)).matches() && isVersion6(text.substring(0, percent));
        }
        int gap = text.indexOf("::");
        if (gap < 0) {
            return isGroups(text, GROUPS, GROUPS, true);
        }
        String head = text.substring(0, gap);
        String tail = text.substring(gap + 2);
        return isGroups(head, 0, GROUPS - 1, false) && isGroups(tail, 0, GROUPS - 1 - count(head), true);
    }

    private static boolean isGroups(String text, int least, int most, boolean mayEndInVersion4) {
        if (text.isEmpty()) {
            return least == 0;
        }
        int lastColon = text.lastIndexOf(':');
        String last = text.substring(lastColon + 1);
        boolean version4 = mayEndInVersion4 && isVersion4(last);
        int groups = count(text) + (version4 ? 1 : 0);
        boolean lastFits = version4 || GROUP.matcher(last).matches();
        return groups >= least
                && groups <= most
                && lastFits
                && (lastColon < 0 || allGroups(text.substring(0, lastColon)));
    }

    private static boolean allGroups(String text) {
        return List.of(text.split(":", -1)).stream()
                .allMatch(group -> GROUP.matcher(group).matches());
    }

    private static int count(String text) {
        return text.isEmpty() ? 0 : text.split(":", -1).length;
    }
}
