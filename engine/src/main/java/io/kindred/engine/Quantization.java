package io.kindred.engine;

/// In which form a graph index walks over its vectors. The nearest of what a walk finds are
/// compared again by their floats, so that scores are exact.
public enum Quantization {
  /// The floats themselves.
  NONE("none"),
  /// Eight bits a component.
  SQ8("sq8"),
  /// Four bits a component.
  SQ4("sq4");

  private final String label;

  Quantization(String label) {
    this.label = label;
  }

  /// As users write it.
  public String label() {
    return label;
  }

  /// The form of a name.
  ///
  /// @throws KindredException `INVALID_ARGUMENT` where there is none
  public static Quantization of(String label) {
    for (Quantization each : values()) {
      if (each.label.equals(label)) {
        return each;
      }
    }
    throw KindredException.of(
        ErrorCode.INVALID_ARGUMENT, "index.quantization", label, "none, sq8 or sq4");
  }
}
