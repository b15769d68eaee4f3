using System.Text;
using Camshaft.Engine.Models;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.EndToEnd;

/// <summary>Which threads yield to others after loads, warm-ups and runs on lanes of every class.</summary>
public sealed class ThreadNiceTests : IDisposable
{
    private const int Reloads = 3;
    private const int Requests = 30;

    private static readonly string[] Models = ["mnist", "squeezenet", "voice_activity"];

    private readonly TempDirectory _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task No_thread_of_the_pool_yields_and_none_that_helps_a_run()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Nice values of threads are Linux's.");
        foreach (var model in Models)
        {
            _models.Write($"{model}/1/model.onnx", File.ReadAllBytes(TestData.ModelFile(model)));
        }

        _models.Write("mnist/model.yaml", Encoding.UTF8.GetBytes("limits: { threads: 2 }"));
        var own = ProcessThreads.OwnNice;
        await using var server = await TestServer.StartAsync(_models.FullPath, static options =>
        {
            options.ModelControlMode = ModelControlMode.Explicit;
            options.LoadModels = ["*"];
        });
        var inputs = Models.ToDictionary(static model => model, RealModel.CreateInputs);
        for (var reload = 0; reload < Reloads; reload++)
        {
            var answers = Task.WhenAll(Enumerable.Range(0, Requests).Select(number =>
            {
                var model = Models[number % 2];
                return server.Client.InferAsync(model, inputs[model], binary: true);
            }));
            File.AppendAllText(Path.Combine(_models.FullPath, "voice_activity", "model.yaml"), $"# {reload}\n");
            Assert.True((await server.Engine.Controller.LoadAsync("voice_activity", TestContext.Current.CancellationToken)).IsOk);
            Assert.All(await answers, static answer => Assert.Null(answer.Error));
        }

        var threads = ProcessThreads.List();

        Assert.Contains(threads, static thread => thread.Name.StartsWith(".NET TP Worker", StringComparison.Ordinal));
        Assert.Contains(threads, static thread => thread.Name.StartsWith("camshaft-sessio", StringComparison.Ordinal));
        Assert.Contains(threads, thread => thread.Name.StartsWith("camshaft-long", StringComparison.Ordinal) && thread.Nice > own);
        Assert.Equal([], [.. threads.Where(thread => thread.Nice > own && !MayYield(thread.Name))]);
    }

    // Lanes of longer runs, loads, what reads prepared models behind everything else, and the compiler of hot methods, which
    // the runtime ends and starts again as it needs it.
    private static bool MayYield(string name) =>
        name.StartsWith("camshaft-medium", StringComparison.Ordinal) || name.StartsWith("camshaft-long", StringComparison.Ordinal)
        || name.StartsWith("camshaft-backgr", StringComparison.Ordinal) || name is "camshaft-load" or "camshaft verify" || name.StartsWith(".NET Tiered", StringComparison.Ordinal);
}
