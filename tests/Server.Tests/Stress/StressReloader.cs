using System.Net;
using Camshaft.Server.Tests.Support;

namespace Camshaft.Server.Tests.Stress;

/// <summary>Unloads and loads models while they are asked for.</summary>
internal sealed class StressReloader(InferenceClient client, IReadOnlyList<string> modelNames, int seed, StressTally tally)
{
    public const string Reloaded = "reloads";

    private readonly Random _random = new(seed);

    /// <summary>Goes on until it is told to stop; then every model is loaded.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var modelName = modelNames[_random.Next(modelNames.Count)];
            if (_random.Next(3) > 0)
            {
                await CallAsync(modelName, "unload");
                await Task.Delay(_random.Next(0, 200), CancellationToken.None);
            }

            // Without an unload before it, the files are the same and the model stays as it is.
            await CallAsync(modelName, "load");
            tally.Count(Reloaded);
            await Task.Delay(_random.Next(0, 500), CancellationToken.None);
        }
    }

    private async Task CallAsync(string modelName, string what)
    {
        var (status, error) = await client.PostAsync($"/v2/repository/models/{modelName}/{what}");
        if (status != HttpStatusCode.OK)
        {
            tally.AddFault($"{what} of {modelName}: {(int)status} {error}");
        }
    }
}
