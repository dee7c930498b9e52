package pgrouter.config;

/** A version of TLS that is still safe. Older ones (RFC 8996) cannot be asked for. */
public enum TlsProtocol {
    TLS_1_2("TLSv1.2"),
    TLS_1_3("TLSv1.3");

    private final String protocolName;

    TlsProtocol(String protocolName) {
        this.protocolName = protocolName;
    }

    /** Returns the name that the JDK, OpenSSL and the configuration file use. */
    public String protocolName() {
        return protocolName;
    }
}
