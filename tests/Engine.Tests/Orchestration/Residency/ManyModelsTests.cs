using Camshaft.Backends;

namespace Camshaft.Engine.Tests.Orchestration.Residency;

/// <summary>Many models and requests at once in little memory.</summary>
public sealed class ManyModelsTests
{
    private const int Models = 40;
    private const int Budget = 3000;

    [Fact]
    public async Task Under_a_budget_for_few_of_many_models_no_request_fails_and_memory_stays_within_it()
    {
        await using var harness = new ResidencyHarness(Budget, timeProvider: TimeProvider.System);
        for (var model = 0; model < Models; model++)
        {
            harness.Add($"m{model}", 200 + (model % 5 * 100));
        }

        await harness.StartAsync();
        var statuses = await Task.WhenAll(Enumerable.Range(0, 8).Select(client => Task.Run(() => SendAsync(harness, new Random(client)))));

        Assert.All(statuses.SelectMany(static status => status), static status => Assert.True(status.IsOk, status.Message));
        Assert.InRange(harness.Backend.Peak, 1, Budget);
        Assert.InRange(harness.Residency.Use.Peak, 1, Budget);
    }

    private static async Task<List<InferenceStatus>> SendAsync(ResidencyHarness harness, Random random)
    {
        var statuses = new List<InferenceStatus>();
        for (var i = 0; i < 150; i++)
        {
            // Small numbers more often than large ones.
            statuses.Add(await harness.InferAsync($"m{(int)(Models * Math.Pow(random.NextDouble(), 3))}"));
        }

        return statuses;
    }
}
