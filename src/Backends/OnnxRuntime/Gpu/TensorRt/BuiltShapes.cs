namespace Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;

/// <summary>For which batches TensorRT has been built; CUDA runs others. Immutable.</summary>
internal sealed class BuiltShapes
{
    // By profile and input; null = the input's shape does not vary there.
    private readonly ShapeRange?[][] _profiles;

    public BuiltShapes(OptimizationProfile profile, ModelSignature signature)
    {
        _ = ShapeRange.TryRead(profile, out var ranges);
        _profiles =
        [
            .. ranges.Select(static range => range.Profile).Distinct().Order().Select(
                number => signature.Inputs.Select(input => ranges.FirstOrDefault(range => range.Profile == number && range.Input == input.Name)).ToArray()),
        ];
    }

    /// <summary>Whether one profile has the shapes of all of a batch's inputs.</summary>
    public bool Cover(ModelExecution execution)
    {
        foreach (var inputs in _profiles)
        {
            if (Cover(inputs, execution))
            {
                return true;
            }
        }

        return _profiles.Length == 0;
    }

    private static bool Cover(ShapeRange?[] inputs, ModelExecution execution)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is { } range && execution.HasInput(i) && !range.Covers(execution.GetInput(i).Shape))
            {
                return false;
            }
        }

        return true;
    }
}
