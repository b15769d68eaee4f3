using Camshaft.Load.Plans;

namespace Camshaft.EngineBenchmark.Models;

/// <summary>A model that is asked among others.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Rate">Its requests a second at scale 1.</param>
/// <param name="Slo">What its users are promised.</param>
internal sealed record MixModel(string Name, double Rate, TimeSpan Slo)
{
    /// <summary>Five models from a short run to a long one, the short ones asked more often.</summary>
    public static IReadOnlyList<MixModel> All { get; } =
    [
        new("mnist", 800, TimeSpan.FromMilliseconds(5)),
        new("voice_activity", 400, TimeSpan.FromMilliseconds(10)),
        new("face_detector", 60, TimeSpan.FromMilliseconds(40)),
        new("squeezenet", 40, TimeSpan.FromMilliseconds(50)),
        new("resnet50", 16, TimeSpan.FromMilliseconds(300)),
    ];

    /// <summary>A load without an objective or a bound on what is unanswered: the engine says what is too much.</summary>
    public ModelLoad Load(ArrivalPattern arrivals) => RealModel.Load(Name, arrivals) with { MaxInFlight = int.MaxValue };
}
