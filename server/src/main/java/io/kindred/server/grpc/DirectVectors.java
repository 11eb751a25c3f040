package io.kindred.server.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.AggregationOptions;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.protocol.v1.GetVectorsRequest;
import io.kindred.protocol.v1.GetVectorsResponse;
import io.kindred.protocol.v1.RowServiceGrpc;
import io.kindred.server.error.ErrorStatus;
import io.kindred.server.error.Failure;
import io.kindred.server.rows.RowOperations;
import io.kindred.server.telemetry.Operation;
import io.kindred.server.work.Calls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.AsciiString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/// Answers `GetVectors` so that each vector is copied once: from the mapped file into the network
/// buffer that becomes the response. The general way would copy the finished message once more.
/// Thread-safe.
///
/// The message is that of `GetVectorsResponse`, written by hand around the vectors.
final class DirectVectors extends SimpleDecoratingHttpService {
  private static final String PATH = "/" + RowServiceGrpc.getGetVectorsMethod().getFullMethodName();
  private static final MediaType GRPC = MediaType.parse("application/grpc");
  private static final MediaType GRPC_PROTO = MediaType.parse("application/grpc+proto");
  private static final AsciiString ENCODING = HttpHeaderNames.of("grpc-encoding");
  private static final AsciiString STATUS = HttpHeaderNames.of("grpc-status");
  private static final AsciiString MESSAGE = HttpHeaderNames.of("grpc-message");
  private static final String IDENTITY = "identity";

  /// One byte that says whether the message is compressed, four that hold its length.
  private static final int PREFIX_BYTES = 5;

  private static final int TAG_BYTES_MAX = 5;
  private static final int INDEX_BYTES_MAX = 2;

  private static final ResponseHeaders HEADERS =
      ResponseHeaders.of(
          HttpStatus.OK, HttpHeaderNames.CONTENT_TYPE, GRPC_PROTO, ENCODING, IDENTITY);
  private static final HttpHeaders OK_TRAILERS =
      HttpHeaders.builder().endOfStream(true).add(STATUS, "0").build();

  private final Calls calls;
  private final RowOperations rows;

  DirectVectors(HttpService others, Calls calls, RowOperations rows) {
    super(others);
    this.calls = calls;
    this.rows = rows;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) throws Exception {
    if (PATH.equals(context.path()) && isPlain(request.headers())) {
      return HttpResponse.of(answer(context, request));
    }
    return unwrap().serve(context, request);
  }

  private static boolean isPlain(RequestHeaders headers) {
    MediaType type = headers.contentType();
    String encoding = headers.get(ENCODING, IDENTITY);
    return type != null && (type.is(GRPC) || type.is(GRPC_PROTO)) && IDENTITY.equals(encoding);
  }

  private CompletableFuture<HttpResponse> answer(
      ServiceRequestContext context, HttpRequest request) {
    return request
        .aggregate(AggregationOptions.usePooledObjects(context.alloc(), context.eventLoop()))
        .thenCompose(
            context.makeContextAware((AggregatedHttpRequest whole) -> read(context, whole)))
        .handle(
            (message, thrown) ->
                thrown == null
                    ? HttpResponse.of(HEADERS, HttpData.wrap(message), OK_TRAILERS)
                    : failed(Failure.of(thrown)));
  }

  private CompletableFuture<ByteBuf> read(
      ServiceRequestContext context, AggregatedHttpRequest whole) {
    try (HttpData content = whole.content()) {
      GetVectorsRequest request = parse(content.byteBuf());
      Callable<Calls.Read<ByteBuf>> plan =
          () -> {
            VectorsRead read = VectorsRead.of(request, calls.store());
            return new Calls.Read<>(
                read.readAfter(),
                () -> CompletableFuture.completedFuture(message(read, context.alloc())));
          };
      int keys = request.getNumbersCount() + request.getTextsCount();
      return keys <= Calls.SHORT_READ_KEYS_MAX
          ? calls.shortRead(Operation.GET_VECTORS, request.getTable(), plan)
          : calls.read(Operation.GET_VECTORS, request.getTable(), plan);
    }
  }

  private static GetVectorsRequest parse(ByteBuf content) {
    if (content.readableBytes() < PREFIX_BYTES) {
      throw malformed("%d bytes".formatted(content.readableBytes()));
    }
    boolean isCompressed = content.readByte() != 0;
    long length = content.readUnsignedInt();
    if (isCompressed || length != content.readableBytes()) {
      throw malformed(isCompressed ? "compressed" : length + " bytes announced");
    }
    try {
      ByteBuffer message = content.nioBuffer();
      return GetVectorsRequest.parseFrom(CodedInputStream.newInstance(message));
    } catch (InvalidProtocolBufferException e) {
      KindredException wrong = malformed("no valid protobuf");
      wrong.initCause(e);
      throw wrong;
    } catch (IOException e) {
      throw new AssertionError("reads from memory", e);
    }
  }

  private static KindredException malformed(String found) {
    return KindredException.of(
        ErrorCode.INVALID_ARGUMENT, "message", found, "one uncompressed GetVectorsRequest");
  }

  /// The framed response. What follows the vectors is known only once they have been read, so there
  /// is room for all of them missing.
  private ByteBuf message(VectorsRead read, ByteBufAllocator allocator) throws IOException {
    int sizeBytes = read.sizeBytes();
    int capacity =
        PREFIX_BYTES
            + sizeBytes
            + read.count() * INDEX_BYTES_MAX
            + 3 * (TAG_BYTES_MAX + CodedOutputStream.computeUInt32SizeNoTag(sizeBytes));
    ByteBuf message = allocator.directBuffer(capacity);
    try {
      ByteBuffer bytes = message.internalNioBuffer(0, capacity).slice();
      bytes.position(PREFIX_BYTES);
      writeTag(
          bytes, GetVectorsResponse.VECTORS_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      writeVarint(bytes, sizeBytes);
      int[] missing = read.copyTo(bytes, rows);
      writeMissing(bytes, missing);
      writeTag(bytes, GetVectorsResponse.DIMENSION_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);
      writeVarint(bytes, read.dimension());
      int end = bytes.position();
      message.setByte(0, 0).setInt(1, end - PREFIX_BYTES).writerIndex(end);
      return message;
    } catch (RuntimeException e) {
      message.release();
      throw e;
    }
  }

  private static void writeMissing(ByteBuffer bytes, int[] missing) {
    if (missing.length == 0) {
      return;
    }
    writeTag(bytes, GetVectorsResponse.MISSING_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    int size = 0;
    for (int index : missing) {
      size += CodedOutputStream.computeUInt32SizeNoTag(index);
    }
    writeVarint(bytes, size);
    for (int index : missing) {
      writeVarint(bytes, index);
    }
  }

  private static void writeTag(ByteBuffer bytes, int field, int wireType) {
    writeVarint(bytes, field << 3 | wireType);
  }

  private static void writeVarint(ByteBuffer bytes, int value) {
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      bytes.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    bytes.put((byte) rest);
  }

  private static HttpResponse failed(Failure failure) {
    ResponseHeadersBuilder headers =
        ResponseHeaders.builder(HttpStatus.OK)
            .endOfStream(true)
            .contentType(GRPC_PROTO)
            .add(STATUS, String.valueOf(ErrorStatus.grpc(failure.code()).getCode().value()))
            .add(MESSAGE, percentEncoded(failure.message()))
            .add(GrpcErrors.CODE_NAME, failure.code().name());
    if (ErrorStatus.isWorthARetry(failure.code())) {
      headers.add(GrpcErrors.PUSHBACK_NAME, GrpcErrors.PUSHBACK_MILLIS);
    }
    return HttpResponse.of(headers.build());
  }

  /// The message as a header may hold it: what is not printable ASCII is percent-encoded.
  private static String percentEncoded(String message) {
    StringBuilder encoded = new StringBuilder(message.length());
    for (byte octet : message.getBytes(StandardCharsets.UTF_8)) {
      if (octet >= ' ' && octet <= '~' && octet != '%') {
        encoded.append((char) octet);
      } else {
        encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(octet));
      }
    }
    return encoded.toString();
  }
}
