package pgrouter.hba;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import pgrouter.config.IpLiteral;

/**
 * A range of addresses of one family ({@code pg_range_sockaddr} of ifaddr.c). Immutable; any thread.
 *
 * @param address 4 bytes, or 16
 * @param mask of the same length; the bits that count, which need not be the first ones
 */
record Network(byte[] address, byte[] mask) {
    private static final int MAPPED = 12;

    Network {
        if (address.length != mask.length) {
            throw new IllegalArgumentException("address and mask of different families");
        }
        address = address.clone();
        mask = mask.clone();
    }

    /** The range of a single address. */
    static Network of(byte[] address) {
        return of(address, address.length * Byte.SIZE);
    }

    /** @param bits the number of leading bits that count */
    static Network of(byte[] address, int bits) {
        byte[] mask = new byte[address.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (byte) (0xff00 >> Math.clamp(bits - (long) i * Byte.SIZE, 0, Byte.SIZE));
        }
        return new Network(address, mask);
    }

    boolean contains(InetAddress client) {
        byte[] other = client.getAddress();
        boolean inside = other.length == address.length;
        for (int i = 0; inside && i < other.length; i++) {
            inside = ((other[i] ^ address[i]) & mask[i]) == 0;
        }
        return inside;
    }

    /** The bytes of a numeric address; empty for anything else, without a lookup. */
    static Optional<byte[]> numeric(String text) {
        boolean version6 = !text.contains("%") && IpLiteral.isVersion6(text);
        if (!version6 && !IpLiteral.isVersion4(text)) {
            return Optional.empty();
        }
        try {
            InetAddress address = InetAddress.getByName(text);
            return Optional.of(version6 && address instanceof Inet4Address ? mapped(address) : address.getAddress());
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** The address of version 6 of {@code ::ffff:1.2.3.4}, which Java turns into one of version 4. */
    private static byte[] mapped(InetAddress version4) {
        byte[] address = new byte[MAPPED + 4];
        Arrays.fill(address, MAPPED - 2, MAPPED, (byte) 0xff);
        System.arraycopy(version4.getAddress(), 0, address, MAPPED, 4);
        return address;
    }

    @Override
    public byte[] address() {
        return address.clone();
    }

    @Override
    public byte[] mask() {
        return mask.clone();
    }
}
