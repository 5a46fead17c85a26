package net.quicsql.json;

/** Where well-formed UTF-8 ends (Unicode 15, table 3-7). Stateless. */
final class Utf8 {
    private Utf8() {}

    /**
     * The length of the well-formed multi-byte sequence that starts at an index, 2 to 4; where there is none, minus the
     * number of bytes, 1 to 3, that stand for one replacement character.
     */
    static int sequenceLength(byte[] bytes, int at) {
        int lead = bytes[at] & 0xFF;
        int size;
        int low = 0x80;
        int high = 0xBF;
        if (lead >= 0xC2 && lead <= 0xDF) {
            size = 2;
        } else if (lead >= 0xE0 && lead <= 0xEF) {
            size = 3;
            low = lead == 0xE0 ? 0xA0 : low;
            high = lead == 0xED ? 0x9F : high;
        } else if (lead >= 0xF0 && lead <= 0xF4) {
            size = 4;
            low = lead == 0xF0 ? 0x90 : low;
            high = lead == 0xF4 ? 0x8F : high;
        } else {
            return -1;
        }
        for (int i = 1; i < size; i++) {
            int next = at + i < bytes.length ? bytes[at + i] & 0xFF : 0;
            if (next < low || next > high) {
                return -i;
            }
            low = 0x80;
            high = 0xBF;
        }
        return size;
    }
}
