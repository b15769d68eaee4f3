using Camshaft.Server.Tests.Support;

namespace Camshaft.Server.Tests.Stress;

/// <summary>What is asked, and how often: the eight models in both forms, quick ones more often than slow ones.</summary>
internal sealed class StressMix
{
    private const int VariantCount = 3;

    // As JSON, a picture is 2 MB: that is for the slow way of few requests.
    private static readonly Dictionary<string, int> Weights = new()
    {
        ["mnist"] = 12,
        ["voice_activity"] = 12,
        ["squeezenet"] = 4,
        ["shufflenet"] = 4,
        ["face_detector"] = 3,
        ["inception_v1"] = 2,
        ["resnet50"] = 1,
        ["densenet121"] = 1,
    };

    private readonly List<StressCase> _cases = [];
    private readonly List<int> _bounds = [];
    private int _total;

    private StressMix()
    {
    }

    public static async Task<StressMix> PrepareAsync(TestServer server)
    {
        var mix = new StressMix();
        foreach (var (modelName, weight) in Weights)
        {
            for (var variant = 1; variant <= VariantCount; variant++)
            {
                mix.Add(await StressCase.PrepareAsync(server, modelName, variant, binary: true), weight * 4);
                mix.Add(await StressCase.PrepareAsync(server, modelName, variant + VariantCount, binary: false), weight);
            }
        }

        Assert.Equal(mix._cases.Count, mix._cases.DistinctBy(static one => Convert.ToBase64String(one.Answer)).Count());
        return mix;
    }

    public StressCase Choose(Random random)
    {
        var drawn = random.Next(_total);
        var index = _bounds.BinarySearch(drawn + 1);
        return _cases[index >= 0 ? index : ~index];
    }

    private void Add(StressCase one, int weight)
    {
        _cases.Add(one);
        _bounds.Add(_total += weight);
    }
}
