using Camshaft.Load.Plans;

namespace Camshaft.EngineBenchmark.Models;

/// <summary>The real models, and what is to be said to ask them.</summary>
internal static class RealModel
{
    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["densenet121", "face_detector", "inception_v1", "mnist", "resnet50", "shufflenet", "squeezenet", "voice_activity"];

    /// <summary>A load with inputs that the model takes.</summary>
    public static ModelLoad Load(string name, ArrivalPattern arrivals)
    {
        var load = new ModelLoad(name, arrivals);

        // 512 samples at 16 kHz after 64 of context, and silence before them.
        return name != "voice_activity" ? load : load with
        {
            Shapes = new Dictionary<string, long[]> { ["input"] = [1, 576], ["state"] = [2, 1, 128] },
            FillValues = new Dictionary<string, double> { ["state"] = 0, ["sr"] = 16_000 },
        };
    }

    /// <summary>What a model's <c>model.yaml</c> has to say for its warm-up.</summary>
    public static string GetConfiguration(string name) => "";
}
