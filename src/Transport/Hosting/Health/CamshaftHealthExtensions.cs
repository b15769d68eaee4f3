using Camshaft.Engine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Camshaft.Transport.Hosting;

/// <summary>Adds the engine's health to an application's health checks.</summary>
public static class CamshaftHealthExtensions
{
    /// <summary>The name of the check that asks whether the engine works.</summary>
    public const string LivenessName = "camshaft-live";

    /// <summary>The name of the check that asks whether requests are answered.</summary>
    public const string ReadinessName = "camshaft-ready";

    /// <summary>The tag of <see cref="LivenessName"/>: who fails it should be started again.</summary>
    public const string LiveTag = "live";

    /// <summary>The tag of <see cref="ReadinessName"/>: who fails it should get no requests for now.</summary>
    public const string ReadyTag = "ready";

    /// <summary>
    /// Adds two checks, after <see cref="CamshaftServiceExtensions.AddCamshaft"/>. <see cref="LivenessName"/> is unhealthy once
    /// the engine has stopped. <see cref="ReadinessName"/> is unhealthy while the engine starts and from the first sign of a
    /// stop on, and while a required model has no version that is ready; degraded, which still is a success to a probe,
    /// while some model failed; healthy otherwise. Its data has an entry for each model, by name: what each version is, and
    /// why where it failed.
    /// </summary>
    /// <param name="builder">The application's health checks.</param>
    /// <param name="requiredModels">The models without which the application can do nothing; none = it can do without any.</param>
    public static IHealthChecksBuilder AddCamshaft(this IHealthChecksBuilder builder, params string[] requiredModels)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(requiredModels);
        return builder
            .Add(new HealthCheckRegistration(LivenessName, static services => new LivenessCheck(Engine(services)), failureStatus: null, [LiveTag]))
            .Add(new HealthCheckRegistration(ReadinessName, services => new ReadinessCheck(Engine(services), requiredModels), failureStatus: null, [ReadyTag]));
    }

    private static InferenceEngine Engine(IServiceProvider services) => services.GetRequiredService<InferenceEngine>();
}
