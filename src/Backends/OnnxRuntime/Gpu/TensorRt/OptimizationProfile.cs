using System.Globalization;

namespace Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;

/// <summary>For which shapes of its inputs TensorRT builds a model, in the form of ONNX Runtime's options; empty for a model whose shapes are all fixed.</summary>
/// <param name="Min">The smallest shapes, for example <c>x:1x3,z:1</c>; a name that comes again begins a further profile.</param>
/// <param name="Opt">The shapes that it is built to be quickest for.</param>
/// <param name="Max">The largest shapes.</param>
internal sealed record OptimizationProfile(string Min, string Opt, string Max)
{
    /// <summary>The options' names.</summary>
    public const string MinName = "trt_profile_min_shapes", OptName = "trt_profile_opt_shapes", MaxName = "trt_profile_max_shapes";

    // As many rows as the engine tries where nobody says how many may join.
    private const int UsualRows = 32;

    /// <summary>No shape varies.</summary>
    public static OptimizationProfile Fixed { get; } = new("", "", "");

    /// <summary>Finds the profile that a model states; null = it states none.</summary>
    /// <exception cref="BackendException">It states half of one, or one that nobody understands.</exception>
    public static OptimizationProfile? Find(ModelSource source, IReadOnlyList<ProviderSetting> settings)
    {
        string?[] stated = [.. new[] { MinName, OptName, MaxName }.Select(name => settings.LastOrDefault(setting => setting.Name == name).Value)];
        if (Array.TrueForAll(stated, string.IsNullOrEmpty))
        {
            return null;
        }

        if (stated is not [{ Length: > 0 } min, { Length: > 0 } opt, { Length: > 0 } max])
        {
            throw new BackendException(StatusCode.InvalidArgument, $"{source}: of '{MinName}', '{OptName}' and '{MaxName}' some are given; expected all three, or none.");
        }

        var profile = new OptimizationProfile(min, opt, max);
        return ShapeRange.TryRead(profile, out _)
            ? profile
            : throw new BackendException(
                StatusCode.InvalidArgument,
                $"{source}: '{MinName}: {min}', '{OptName}: {opt}' and '{MaxName}: {max}' are no profile; expected the same inputs in each, as 'input:1x3x224x224,…', with no length less than in the one before.");
    }

    /// <summary>Derives the profile of a model of which only the batch varies: from one row to the most that may join.</summary>
    /// <param name="signature">The model's inputs.</param>
    /// <param name="maxBatchSize">What the model states; null = nothing.</param>
    /// <param name="obstacle">Why there is none.</param>
    public static OptimizationProfile? Derive(ModelSignature signature, int? maxBatchSize, out string? obstacle)
    {
        var variable = signature.Inputs.Where(static input => !input.Shape.IsFixed).ToList();
        foreach (var input in variable)
        {
            for (var dimension = 0; dimension < input.Shape.Rank; dimension++)
            {
                if (input.Shape[dimension] == Shape.Variable && dimension != input.BatchAxis)
                {
                    obstacle = $"dimension {dimension} of '{input.Name}' varies, so TensorRT has to be told for which shapes to build; expected '{MinName}', '{OptName}' and '{MaxName}'";
                    return null;
                }
            }
        }

        obstacle = null;
        var rows = maxBatchSize is > 1 and var stated ? stated : UsualRows;
        return variable.Count == 0 ? Fixed : new OptimizationProfile(Write(1), Write(rows), Write(rows));

        string Write(int length) => string.Join(
            ',', variable.Select(input => $"{input.Name}:{string.Join('x', Enumerable.Range(0, input.Shape.Rank).Select(dimension => (dimension == input.BatchAxis ? length : input.Shape[dimension]).ToString(CultureInfo.InvariantCulture)))}"));
    }

    /// <summary>Adds itself to what the execution provider is told.</summary>
    public void AddTo(Dictionary<string, string> settings)
    {
        if (Min.Length > 0)
        {
            (settings[MinName], settings[OptName], settings[MaxName]) = (Min, Opt, Max);
        }
    }
}
