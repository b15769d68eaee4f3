using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Camshaft.Microbenchmarks;
using Camshaft.Microbenchmarks.Budgets;
using Perfolizer.Horology;

if (args is ["simulate"])
{
    OverloadTable.Print();
    return;
}

if (args is ["load-beside", .. var rest])
{
    await LoadBesideServing.PrintAsync(rest is [var rounds] ? int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture) : 7).ConfigureAwait(false);
    return;
}

if (args is ["budgets"])
{
    await BudgetTable.PrintAsync().ConfigureAwait(false);
    return;
}

// In this process: the plugins lie beside it, and the runtime's options are its own. Short iterations and many of them, so
// that a neighbour's load on a shared machine spoils some and not all.
var job = Job.Default
    .WithToolchain(InProcessEmitToolchain.Instance)
    .WithWarmupCount(3)
    .WithIterationCount(20)
    .WithIterationTime(TimeInterval.FromMilliseconds(200));
var config = DefaultConfig.Instance.AddJob(job.AsDefault());
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
