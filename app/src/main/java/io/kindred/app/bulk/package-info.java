/// Bulk load of files into tables, and export of tables into files.
@NullMarked
package io.kindred.app.bulk;

import org.jspecify.annotations.NullMarked;
