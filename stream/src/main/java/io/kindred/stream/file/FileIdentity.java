package io.kindred.stream.file;

import io.kindred.engine.Value;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/// Tells a file from others whatever it is called, so that it is the same one after a rotation.
/// Stateless.
///
/// A file system gives the number of a deleted file to another one. So what is remembered has the
/// hash of the file's first bytes too; where these are others, so is the file.
final class FileIdentity {
  private static final int HEAD_BYTES = 1024;
  private static final String HEAD_LENGTH = "head_bytes";
  private static final String HEAD_HASH = "head_sha256";

  private FileIdentity() {}

  /// The file system's number of a file, or its path where the system has none.
  static String key(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    Object key = attributes.fileKey();
    return key == null ? file.toAbsolutePath().toString() : key.toString();
  }

  /// What tells the file of a channel from another with its number.
  static Map<String, Value> head(FileChannel channel) throws IOException {
    int length = (int) Math.min(channel.size(), HEAD_BYTES);
    Map<String, Value> head = new LinkedHashMap<>();
    head.put(HEAD_LENGTH, Value.of(length));
    head.put(HEAD_HASH, Value.of(hash(channel, length)));
    return head;
  }

  /// Whether what is remembered may be of the file of a channel.
  static boolean isHeadOf(Map<String, Value> remembered, FileChannel channel) throws IOException {
    return remembered.get(HEAD_LENGTH) instanceof Value.Int64(long length)
        && remembered.get(HEAD_HASH) instanceof Value.Text(String hash)
        && channel.size() >= length
        && hash.equals(hash(channel, (int) length));
  }

  private static String hash(FileChannel channel, int length) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(length);
    while (head.hasRemaining() && channel.read(head, head.position()) > 0) {
      // One read may bring less than was asked for.
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(head.flip());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
