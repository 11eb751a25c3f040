@org.jspecify.annotations.NullMarked
package io.kindred.app.objects;
