using System.Text.Encodings.Web;
using System.Text.Json;

namespace Camshaft.GpuBenchmark.Reporting;

/// <summary>The results as a file for programs, written anew after each part, so that what was measured stays when a later part ends the process.</summary>
/// <param name="directory">Where it lies; it is made where it lacks.</param>
/// <param name="isSimulated">Whether no time or rate means anything.</param>
/// <param name="errors">Where it says, once, that it cannot be written.</param>
internal sealed class ResultFile(string directory, bool isSimulated, TextWriter errors)
{
    /// <summary>The file's name.</summary>
    public const string Name = "gpu.json";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,

        // A ratio over nothing.
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly List<PartResult> _results = [];

    /// <summary>Whether everything that was added is in the file.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>Adds what became of a part. A file that cannot be written ends no measurement.</summary>
    public void Add(PartResult result)
    {
        _results.Add(result);
        try
        {
            // A process that is ended meanwhile leaves the file of the part before.
            Directory.CreateDirectory(directory);
            var path = Path.Combine(directory, Name);
            File.WriteAllText($"{path}.new", JsonSerializer.Serialize(new { Simulated = isSimulated, Parts = _results }, Options));
            File.Move($"{path}.new", path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (IsComplete)
            {
                errors.WriteLine($"The results cannot be written: {exception.Message}");
            }

            IsComplete = false;
        }
    }
}
