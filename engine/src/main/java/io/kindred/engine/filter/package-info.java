/// The filter language: parsing, binding to a table's fields, evaluation inside a search.
@NullMarked
package io.kindred.engine.filter;

import org.jspecify.annotations.NullMarked;
