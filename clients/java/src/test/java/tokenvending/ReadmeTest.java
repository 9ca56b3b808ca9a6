package tokenvending;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("README.md")
class ReadmeTest {
  private static final Pattern CODE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  @DisplayName("shows code that compiles")
  void compiles(@TempDir Path folder) throws Exception {
    List<String> blocks =
        CODE.matcher(Files.readString(Path.of("README.md"))).results().map((MatchResult block) -> block.group(1)).toList();
    assertTrue(blocks.size() > 0);
    for (String block : blocks) {
      Path source = folder.resolve("Example.java");
      Files.writeString(source, block);
      assertEquals(List.of(), compile(source, folder));
    }
  }

  private static List<String> compile(Path source, Path output) throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    List<String> options = List.of("-d", output.toString(), "-cp", System.getProperty("java.class.path"));
    try (var files = compiler.getStandardFileManager(problems, null, null)) {
      compiler.getTask(null, files, problems, options, null, files.getJavaFileObjects(source)).call();
    }
    List<String> errors = new ArrayList<>();
    for (var problem : problems.getDiagnostics()) {
      if (problem.getKind() == Diagnostic.Kind.ERROR) errors.add(problem.getMessage(null));
    }
    return errors;
  }
}
