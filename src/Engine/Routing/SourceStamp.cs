using System.Globalization;

namespace Camshaft.Engine.Routing;

/// <summary>Tells whether what the rules are made of has changed on disk: sizes and times of the files, and which models and versions there are.</summary>
internal static class SourceStamp
{
    private const string ModelFileName = "model.yaml";

    /// <summary>Looks at the disk.</summary>
    /// <param name="filePath">The file whose rules come first; null = none.</param>
    /// <param name="modelDirectories">The model directories.</param>
    public static string Take(string? filePath, IReadOnlyList<string> modelDirectories)
    {
        var lines = new List<string> { filePath is null ? "" : Describe(filePath) };
        foreach (var root in modelDirectories)
        {
            try
            {
                lines.AddRange(new DirectoryInfo(root).EnumerateDirectories()
                    .OrderBy(static model => model.Name, StringComparer.Ordinal)
                    .Select(static model => string.Create(CultureInfo.InvariantCulture, $"{model.FullName} {model.LastWriteTimeUtc.Ticks} {Describe(Path.Combine(model.FullName, ModelFileName))}")));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                lines.Add($"{root} {exception.GetType().Name}");
            }
        }

        return string.Join('\n', lines);
    }

    private static string Describe(string path)
    {
        try
        {
            var file = new FileInfo(path);

            // A link's own time says nothing of what it leads to.
            file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}") : "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.GetType().Name;
        }
    }
}
