using Camshaft.Engine;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Camshaft.Transport.Hosting;

/// <summary>Whether the engine works, ready or not: a model that loads for minutes is no reason to start again.</summary>
internal sealed class LivenessCheck(InferenceEngine engine) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) => Task.FromResult(engine.IsLive
        ? HealthCheckResult.Healthy()
        : new HealthCheckResult(context.Registration.FailureStatus, "The engine has stopped."));
}
