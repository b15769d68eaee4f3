using Camshaft.EngineBenchmark.Measuring;
using Camshaft.EngineBenchmark.Models;
using Camshaft.EngineBenchmark.Reporting;
using Camshaft.Load;
using Camshaft.Load.Plans;
using Camshaft.Load.Targets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Camshaft.EngineBenchmark.ColdStart;

/// <summary>The real server with eight models: how soon it is ready with an empty cache of prepared models and with what it left there, and what it holds after requests over HTTP to each of them.</summary>
internal sealed class ColdStartPart : IPart
{
    private const int Clients = 4;
    private const double Mebibyte = 1 << 20;

    public string Name => "start";

    public async Task<PartReport> RunAsync(Workbench workbench)
    {
        var options = workbench.Options;
        var repository = workbench.CreateRepository(Name);
        foreach (var model in RealModel.Names)
        {
            repository.Add(model, RealModel.GetConfiguration(model));
        }

        var rounds = new List<StartRound>();
        var requests = options.IsQuick ? 20 : 1000;
        ServerMemory? memory = null;
        for (var round = 0; round < options.Rounds; round++)
        {
            workbench.Progress.Begin($"start: round {round + 1} of {options.Rounds}");
            var cache = workbench.CreateDirectory("start-cache");
            var meter = new ProcessorMeter();
            var first = await MeasureAsync(cache).ConfigureAwait(false);
            using var server = await ServerProcess.StartAsync(options.Server, repository.Path, cache).ConfigureAwait(false);
            rounds.Add(new StartRound(first, server.ReadyAfter.TotalSeconds, meter.Read().Others));
            if (round == options.Rounds - 1)
            {
                memory = await AskAsync(server, requests, workbench).ConfigureAwait(false);
            }
        }

        return Report(rounds, memory!, requests);

        async Task<double> MeasureAsync(string cache)
        {
            using var server = await ServerProcess.StartAsync(options.Server, repository.Path, cache).ConfigureAwait(false);
            return server.ReadyAfter.TotalSeconds;
        }
    }

    private static async Task<ServerMemory> AskAsync(ServerProcess server, int requests, Workbench workbench)
    {
        var before = server.AnonymousByteSize;
        var target = TargetSchemes.Create($"kserve+{server.Address.AbsoluteUri}", new TargetOptions { LoggerFactory = NullLoggerFactory.Instance });
        await using (target.ConfigureAwait(false))
        {
            var loads = RealModel.Names.Select(static name => RealModel.Load(name, new ClosedLoop(Clients))).ToList();
            var models = await target.OpenAsync(loads, workbench.Options.Seed, CancellationToken.None).ConfigureAwait(false);
            foreach (var (name, model) in RealModel.Names.Zip(models))
            {
                workbench.Progress.Begin($"start: {requests} requests to {name}");
                await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => AskAsync(name, model, requests / Clients))).ConfigureAwait(false);
            }
        }

        return new ServerMemory(before / Mebibyte, server.AnonymousByteSize / Mebibyte, server.ThreadCount);
    }

    private static async Task AskAsync(string name, ITargetModel model, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var result = await model.SendAsync(CancellationToken.None).ConfigureAwait(false);
            if (!result.IsOk)
            {
                throw new LoadException($"Model '{name}' answered {result.ErrorKind}: {result.Message}");
            }
        }
    }

    private static PartReport Report(List<StartRound> rounds, ServerMemory memory, int requests)
    {
        var (first, second) = (Statistics.Median(rounds, static round => round.FirstSeconds), Statistics.Median(rounds, static round => round.SecondSeconds));
        var table = new MarkdownTable("eight models", "first start s", "second start s", "anonymous memory MiB when ready", $"after {requests:N0} requests to each", "threads");
        table.Add("Camshaft", Text.Number(first), Text.Number(second), Text.Number(memory.ReadyMebibytes), Text.Number(memory.AskedMebibytes), $"{memory.Threads}");
        return new PartReport("start", "Cold start and memory")
        {
            Tables = [table],
            Notes =
            [
                $"From the start of the process to the banner that says where it listens, medians of {rounds.Count} pairs; the first with an empty cache of prepared models, the second with what the first left. Other processes had {Text.Number(Statistics.Median(rounds, static round => round.OthersProcessors))} processors, the servers themselves included.",
                $"Requests over HTTP from {Clients} clients to one model after the other; anonymous memory is RssAnon of /proc.",
            ],
            Targets =
            [
                new Target("second start of eight models", second, 1, "s"),
                new Target($"anonymous memory after {requests:N0} requests to each", memory.AskedMebibytes * Mebibyte / 1e6, 300, "MB"),
                new Target("threads", memory.Threads, 40, ""),
            ],
            Figures = new { Rounds = rounds, Memory = memory },
        };
    }
}
