package pgrouter.hba;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Writes addresses in their usual form, {@code ::1} (RFC 5952), which Java does not give for version 6. */
public final class AddressText {
    private static final int GROUPS = 8;

    private AddressText() {}

    /** The address without a zone. */
    public static String of(InetAddress address) {
        return address instanceof Inet6Address ? version6(address.getAddress()) : address.getHostAddress();
    }

    private static String version6(byte[] bytes) {
        List<String> groups = new ArrayList<>();
        for (int i = 0; i < GROUPS; i++) {
            groups.add(Integer.toHexString((bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff)));
        }
        int length = longestRun(groups);
        if (length < 2) {
            return String.join(":", groups);
        }
        int start = firstRun(groups, length);
        return String.join(":", groups.subList(0, start))
                + "::"
                + String.join(":", groups.subList(start + length, GROUPS));
    }

    /** The length of the longest run of zeros. */
    private static int longestRun(List<String> groups) {
        int longest = 0;
        int run = 0;
        for (String group : groups) {
            run = group.equals("0") ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest;
    }

    private static int firstRun(List<String> groups, int length) {
        int start = 0;
        while (!groups.subList(start, start + length).stream().allMatch("0"::equals)) {
            start++;
        }
        return start;
    }
}
