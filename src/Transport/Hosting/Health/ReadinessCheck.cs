using Camshaft.Engine;
using Camshaft.Engine.Models;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Camshaft.Transport.Hosting;

/// <summary>Whether requests are answered, and by which models.</summary>
internal sealed class ReadinessCheck(InferenceEngine engine, IReadOnlyList<string> requiredModels) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        // The engine first: a load that ends in between shows its models, and not the other way round.
        var fault = FindFault();
        var models = engine.Models.List();
        var data = models.ToDictionary(static model => model.Name, static model => (object)Describe(model));
        if (fault is not null)
        {
            return Task.FromResult(new HealthCheckResult(context.Registration.FailureStatus, fault, engine.Started.Exception?.InnerException, data));
        }

        var missing = requiredModels.Where(name => !models.Any(model => model.Name == name && model.HighestReady?.State is ModelState.Ready or ModelState.Standby)).ToList();
        if (missing.Count > 0)
        {
            return Task.FromResult(new HealthCheckResult(context.Registration.FailureStatus, $"{Name(missing)} not ready.", data: data));
        }

        var failed = models.Where(HasFailed).Select(static model => model.Name).ToList();
        return Task.FromResult(failed.Count > 0
            ? HealthCheckResult.Degraded($"{Name(failed)} not served in full.", data: data)
            : HealthCheckResult.Healthy(data: data));
    }

    private static bool HasFailed(ModelEntry model) => model.Reason is not null || model.Versions.Any(static version => version.State == ModelState.Failed);

    private static string Name(List<string> models) =>
        (models.Count == 1 ? "Model " : "Models ") + string.Join(", ", models.Select(static name => $"'{name}'")) + (models.Count == 1 ? " is" : " are");

    private static string Describe(ModelEntry model)
    {
        var parts = model.Versions.Select(static version => $"version {version.Number}: {version.State.ToString().ToLowerInvariant()}{Because(version)}");
        return string.Join("; ", model.Reason is { } reason ? parts.Append(reason) : parts);
    }

    private static string Because(ModelVersion version) => version is { State: ModelState.Failed, Reason: { } reason } ? $", {reason}" : "";

    private string? FindFault() =>
        engine.IsReady ? null
        : engine.Started.IsFaulted ? "The engine could not start."
        : !engine.IsLive ? "The engine has stopped."
        : engine.AbandonedRuns is { Count: >= InferenceEngine.MostAbandonedRuns } runs ? $"Too many runs do not end: {string.Join("; ", runs)}."
        : engine.Started.IsCompleted ? "The engine is stopping."
        : "The engine is loading its models.";
}
