package io.kindred.app;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.conditions.ArchConditions.haveNameMatching;
import static com.tngtech.archunit.lang.conditions.ArchConditions.never;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.File;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The walls between modules and packages, as `ARCHITECTURE.md` draws them. Every class that ships
/// is checked; tests and `bench` (which depends on `app`) are not.
final class ArchitectureTest {
  private static final String ROOT = "io.kindred";

  private static final JavaClasses SHIPPED =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  /// A module and the other modules it may import.
  record Wall(String module, List<String> allowed) {}

  private static Stream<Wall> walls() {
    return Stream.of(
        new Wall("engine", List.of()),
        new Wall("protocol", List.of()),
        new Wall("client", List.of("protocol")),
        new Wall("server", List.of("engine", "protocol")),
        new Wall("stream", List.of("engine")),
        new Wall("app", List.of("engine", "protocol", "client", "server", "stream")));
  }

  @ParameterizedTest
  @MethodSource("walls")
  void aModuleImportsOnlyWhatItsRowAllows(Wall wall) {
    String[] reachable =
        Stream.concat(Stream.of(wall.module()), wall.allowed().stream())
            .map(module -> ROOT + "." + module + "..")
            .toArray(String[]::new);
    check(
        noClasses()
            .that()
            .resideInAPackage(ROOT + "." + wall.module() + "..")
            .should()
            .dependOnClassesThat(
                resideInAPackage(ROOT + "..").and(resideOutsideOfPackages(reachable)))
            .because(wall.module() + " may import " + wall.allowed()));
  }

  @Test
  void everyClassBelongsToAKnownModule() {
    String[] known = walls().map(wall -> ROOT + "." + wall.module() + "..").toArray(String[]::new);
    check(classes().should().resideInAnyPackage(known).because("a new module needs its row here"));
  }

  @Test
  void onlyTheVectorPackageUsesTheVectorApi() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".engine.vector..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jdk.incubator.vector.."));
  }

  @Test
  void onlyTheDiskPackageOfTheEngineTouchesFiles() {
    check(
        noClasses()
            .that()
            .resideInAPackage(ROOT + ".engine..")
            .and()
            .resideOutsideOfPackage(ROOT + ".engine.disk..")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Files.class, FileChannel.class, RandomAccessFile.class, File.class));
  }

  @Test
  void memorySegmentsStayWithinSevenPackagesOfTheEngine() {
    check(
        noClasses()
            .that()
            .resideInAPackage(ROOT + ".engine..")
            .and()
            .resideOutsideOfPackages(
                ROOT + ".engine.disk..",
                ROOT + ".engine.segment..",
                ROOT + ".engine.hnsw..",
                ROOT + ".engine.index..",
                ROOT + ".engine.ivf..",
                ROOT + ".engine.quantize..",
                ROOT + ".engine.vector..")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(MemorySegment.class));
  }

  /// The root package is the engine's API and wires the others, so it is no slice.
  @Test
  void thePackagesOfTheEngineFormNoCycle() {
    check(slices().matching(ROOT + ".engine.(*)..").should().beFreeOfCycles());
  }

  /// What protoc generates lies below `protocol` and has its own names, such as `…ImplBase`.
  @Test
  void classNamesSayWhatTheThingIs() {
    check(
        classes()
            .that()
            .resideOutsideOfPackage(ROOT + ".protocol.*..")
            .should(never(haveNameMatching(".*(Utils?|Helpers?|Manager|Impl|[a-z]Base)")))
            .because("these words name no thing"));
  }

  @Test
  void packageNamesSayWhatIsInThem() {
    check(
        noClasses()
            .should()
            .resideInAnyPackage(
                "..util..",
                "..utils..",
                "..common..",
                "..helper..",
                "..helpers..",
                "..manager..",
                "..impl..",
                "..base.."));
  }

  /// A module without classes yet keeps every rule.
  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(SHIPPED);
  }
}
