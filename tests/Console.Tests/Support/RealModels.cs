using Camshaft.Engine.Models;
using Camshaft.Testing;

namespace Camshaft.LiveConsole.Tests.Support;

/// <summary>A server with real models, for tests that look at it with real traffic. Skips the test where the models are not there.</summary>
internal static class RealModels
{
    public static Task<ConsoleServer> StartAsync(params string[] models) => ConsoleServer.StartAsync(TestData.ModelRepository, options =>
    {
        options.ModelControlMode = ModelControlMode.Explicit;
        options.LoadModels = models;
    });

    /// <summary>The version of a model that serves.</summary>
    public static ModelVersion Find(ConsoleServer server, string model) => server.Engine.Models.List().Single(entry => entry.Name == model).HighestReady!;
}
