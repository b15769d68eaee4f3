using System.Text.Json;

namespace Camshaft.Load.Plans;

/// <summary>
/// A whole run in a JSON file: <c>target</c>, <c>duration</c>, <c>warmUp</c>, <c>drain</c>, <c>seed</c> and <c>models</c>,
/// each with its <c>model</c> name and the settings of <see cref="ModelLoadReader"/>; <c>shape</c> and <c>fill</c> are objects
/// by input.
/// </summary>
public sealed record ScenarioFile(string? Target, LoadPlan Plan)
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file. Traces that it names lie beside it, unless their paths are absolute.</param>
    /// <exception cref="LoadException">It cannot be read, or says something that is not understood.</exception>
    public static ScenarioFile Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path), Options);
            return Read(document.RootElement, Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or LoadException)
        {
            throw new LoadException($"Scenario '{path}': {exception.Message}", exception);
        }
    }

    private static ScenarioFile Read(JsonElement root, string directory)
    {
        RequireObject(root, "The file");
        string? target = null;
        var plan = new LoadPlan([]);
        foreach (var property in root.EnumerateObject())
        {
            var value = property.Value;
            switch (property.Name)
            {
                case "target":
                    target = value.ToString();
                    break;
                case "duration":
                    plan = plan with { Duration = DurationText.Parse(value.ToString()) };
                    break;
                case "warmUp":
                    plan = plan with { WarmUp = DurationText.Parse(value.ToString()) };
                    break;
                case "drain":
                    plan = plan with { Drain = DurationText.Parse(value.ToString()) };
                    break;
                case "seed":
                    plan = plan with { Seed = value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var seed) ? seed : throw new LoadException($"seed '{value}' is not a whole number.") };
                    break;
                case "models" when value.ValueKind == JsonValueKind.Array:
                    plan = plan with { Models = [.. value.EnumerateArray().Select(model => ReadModel(model, directory))] };
                    break;
                default:
                    throw new LoadException($"'{property.Name}' is not understood; expected target, duration, warmUp, drain, seed, and models as an array.");
            }
        }

        return new ScenarioFile(target, plan);
    }

    private static ModelLoad ReadModel(JsonElement model, string directory)
    {
        RequireObject(model, "A model");
        var name = "";
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in model.EnumerateObject())
        {
            switch (property.Name)
            {
                case "model":
                    name = property.Value.ToString();
                    break;
                case "trace":
                    settings["trace"] = Path.Combine(directory, property.Value.ToString());
                    break;
                case "shape" or "fill" when property.Value.ValueKind == JsonValueKind.Object:
                    foreach (var input in property.Value.EnumerateObject())
                    {
                        settings[$"{property.Name}.{input.Name}"] = input.Value.ToString().Trim('[', ']').Replace(" ", "", StringComparison.Ordinal);
                    }

                    break;
                default:
                    settings[property.Name] = property.Value.ToString();
                    break;
            }
        }

        return ModelLoadReader.Read(name, settings);
    }

    private static void RequireObject(JsonElement element, string what)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new LoadException($"{what} is {element.ValueKind}; expected an object.");
        }
    }
}
