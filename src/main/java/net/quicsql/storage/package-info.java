@NullMarked
package net.quicsql.storage;

import org.jspecify.annotations.NullMarked;
