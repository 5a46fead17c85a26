package net.quicsql.storage;

import java.nio.file.attribute.FileTime;

/**
 * A write-ahead log as the file system sees it: while the stamp stays the same nobody writes. Immutable.
 *
 * @param bytes size of the file; 0 where there is none
 */
record WalStamp(long bytes, FileTime written) {
    static final WalStamp NONE = new WalStamp(0, FileTime.fromMillis(0));
}
