using Camshaft.Load.Plans;
using Camshaft.Load.Reporting;
using Camshaft.Load.Running;
using Camshaft.Load.Targets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Camshaft.Load.Tests.Support;

/// <summary>Runs of real targets.</summary>
internal static class Loads
{
    public static TargetOptions Options { get; } = new() { LoggerFactory = NullLoggerFactory.Instance };

    public static async Task<RunReport> RunAsync(string address, LoadPlan plan, TargetOptions? options = null)
    {
        await using var target = TargetSchemes.Create(address, options ?? Options);
        var generator = await LoadGenerator.OpenAsync(target, plan, CancellationToken.None);
        return await generator.RunAsync(plan, null, CancellationToken.None);
    }
}
