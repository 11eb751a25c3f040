package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.disk.FileDisk;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Runs the verifier over every store that a test has left: in its temporary directory, and on its
/// [FaultyDisk] in `/store`. The test has closed them by then. Stateless.
final class VerifiedStores implements AfterEachCallback {
  private static final int DEPTH_MAX = 2;
  private static final Path ON_FAULTY_DISK = Path.of("/store");

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    Object test = context.getRequiredTestInstance();
    for (Field field : test.getClass().getDeclaredFields()) {
      if (field.getType() == Path.class || field.getType() == FaultyDisk.class) {
        field.setAccessible(true);
        Object value = field.get(test);
        if (value instanceof FaultyDisk disk && disk.exists(ON_FAULTY_DISK.resolve("CATALOG"))) {
          requireWhole(ON_FAULTY_DISK, disk);
        } else if (value instanceof Path directory && Files.isDirectory(directory)) {
          requireWholeBelow(directory);
        }
      }
    }
  }

  private static void requireWholeBelow(Path directory) throws Exception {
    try (Stream<Path> found = Files.find(directory, DEPTH_MAX, (file, _) -> isCatalog(file))) {
      for (Path catalog : found.toList()) {
        requireWhole(catalog.resolveSibling(""), new FileDisk());
      }
    }
  }

  private static boolean isCatalog(Path file) {
    return file.endsWith("CATALOG");
  }

  private static void requireWhole(Path directory, Disk disk) {
    List<StoreVerifier.Problem> problems = StoreVerifier.verify(directory, disk, line -> {});
    assertThat(problems).as("%s after the test", directory).isEmpty();
  }
}
