package io.kindred.stream.expression;

import com.google.common.collect.ImmutableList;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.NullableType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.values.NullValue;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.runtime.CelVariableResolver;
import io.kindred.engine.FieldType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Value;
import io.kindred.stream.Fault;
import io.kindred.stream.config.Text;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import io.kindred.stream.event.Field;
import io.kindred.stream.event.Scope;
import io.kindred.stream.event.Shape;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An expression of the Common Expression Language (CEL) over the fields of events, checked for its
/// types before the first event comes. Immutable, thread-safe.
///
/// A field that an event need not have is null where it is missing. Vectors cannot be named. Loops
/// are bounded, and regular expressions take time linear in the text.
public final class Expression {
  private static final int LENGTH_MAX = 4096;
  private static final int ITERATIONS_MAX = 10_000;
  private static final CelOptions OPTIONS =
      CelOptions.current()
          .maxExpressionCodePointSize(LENGTH_MAX)
          .comprehensionMaxIterations(ITERATIONS_MAX)
          .build();
  private static final CelRuntime RUNTIME =
      CelRuntimeFactory.legacyCelRuntimeBuilder().setOptions(OPTIONS).build();

  private final String source;
  private final CelRuntime.Program program;
  private final Map<String, Field> fields;
  private final Shape.Scalar shape;

  private Expression(
      String source, CelRuntime.Program program, Map<String, Field> fields, Shape.Scalar shape) {
    this.source = source;
    this.program = program;
    this.fields = fields;
    this.shape = shape;
  }

  /// @throws KindredException where it does not parse, names what no event has, or its types do not
  ///   fit
  public static Expression compile(Text text, Scope scope) {
    try {
      CelAbstractSyntaxTree tree = compiler(scope).build().compile(text.value()).getAst();
      return new Expression(
          text.value(),
          RUNTIME.createProgram(tree),
          Map.copyOf(scope.fields()),
          shape(tree.getResultType(), text));
    } catch (CelValidationException e) {
      CelIssue first = e.getErrors().getFirst();
      KindredException problem =
          text.problem(
              "an expression; at its column "
                  + (first.getSourceLocation().getColumn() + 1)
                  + ": "
                  + first.getMessage());
      problem.initCause(e);
      throw problem;
    } catch (CelEvaluationException e) {
      KindredException problem = text.problem("an expression; " + e.getMessage());
      problem.initCause(e);
      throw problem;
    }
  }

  private static CelCompilerBuilder compiler(Scope scope) {
    CelCompilerBuilder compiler =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS);
    for (Field field : scope.fields().values()) {
      if (field.shape() instanceof Shape.Scalar(FieldType type, boolean isAlwaysThere)) {
        CelType declared = type(type);
        compiler.addVar(field.name(), isAlwaysThere ? declared : NullableType.create(declared));
      }
    }
    return compiler;
  }

  private static CelType type(FieldType type) {
    return switch (type) {
      case STRING -> SimpleType.STRING;
      case INT64 -> SimpleType.INT;
      case FLOAT64 -> SimpleType.DOUBLE;
      case BOOL -> SimpleType.BOOL;
      case TIMESTAMP -> SimpleType.TIMESTAMP;
      case STRING_LIST -> ListType.create(SimpleType.STRING);
    };
  }

  private static Shape.Scalar shape(CelType result, Text text) {
    for (FieldType type : FieldType.values()) {
      if (result.equals(type(type))) {
        return new Shape.Scalar(type, true);
      }
      if (result.equals(NullableType.create(type(type)))) {
        return new Shape.Scalar(type, false);
      }
    }
    throw text.problem(
        "a result of type string, int, double, bool, timestamp or list(string); this is "
            + result.name());
  }

  /// What the expression's results are.
  public Shape.Scalar shape() {
    return shape;
  }

  /// The value for an event, or null where the expression says null.
  ///
  /// @throws EventFaultException where it has none, as with a division by zero
  public @Nullable Value evaluate(Event event) throws EventFaultException {
    try {
      CelVariableResolver variables = name -> variable(event, name);
      return value(program.eval(variables));
    } catch (CelEvaluationException e) {
      throw new EventFaultException(
          Fault.EXPRESSION_FAILED, source + ": " + e.getMessage() + " (expected: a value)");
    }
  }

  private Optional<Object> variable(Event event, String name) {
    Field field = fields.get(name);
    if (field == null) {
      return Optional.empty();
    }
    Value value = event.value(field.slot());
    return Optional.of(value == null ? NullValue.NULL_VALUE : object(value));
  }

  private static Object object(Value value) {
    return switch (value) {
      case Value.Text(String it) -> it;
      case Value.Int64(long it) -> it;
      case Value.Float64(double it) -> it;
      case Value.Bool(boolean it) -> it;
      case Value.Timestamp(long micros) -> Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
      case Value.Array(List<Value> items) ->
          items.stream().map(Expression::object).collect(ImmutableList.toImmutableList());
      case Value.Null _, Value.Entries _ -> throw new AssertionError(value);
    };
  }

  private static @Nullable Value value(Object result) {
    return switch (result) {
      case NullValue _ -> null;
      case String it -> Value.of(it);
      case Long it -> Value.of(it.longValue());
      case Double it -> Value.of(it.doubleValue());
      case Boolean it -> Value.of(it.booleanValue());
      case Instant it -> new Value.Timestamp(ChronoUnit.MICROS.between(Instant.EPOCH, it));
      case List<?> it -> new Value.Array(it.stream().map(item -> Value.of((String) item)).toList());
      default -> throw new AssertionError(result.getClass());
    };
  }
}
