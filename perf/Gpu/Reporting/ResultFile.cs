using System.Text.Encodings.Web;
using System.Text.Json;

namespace Camshaft.GpuBenchmark.Reporting;

/// <summary>The results as a file for programs, written anew after each part, so that what was measured stays when a later part ends the process.</summary>
/// <param name="directory">Where it lies; it is made where it lacks.</param>
/// <param name="isSimulated">Whether no time or rate means anything.</param>
internal sealed class ResultFile(string directory, bool isSimulated)
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

    /// <summary>Adds what became of a part.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Add(PartResult result)
    {
        _results.Add(result);
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, Name), JsonSerializer.Serialize(new { Simulated = isSimulated, Parts = _results }, Options));
    }
}
