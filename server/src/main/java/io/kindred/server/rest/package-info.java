/// The routes under HTTP: REST, features, live statistics, health.
@NullMarked
package io.kindred.server.rest;

import org.jspecify.annotations.NullMarked;
