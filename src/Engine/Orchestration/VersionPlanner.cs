using Camshaft.Engine.Models;
using Camshaft.Engine.Repository;
using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Orchestration;

/// <summary>Compares what the repository holds for a model with what serves. Changes nothing; any thread.</summary>
internal sealed class VersionPlanner(TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Says what is to be done for each version that the policy wants.</summary>
    /// <param name="definition">What the repository holds.</param>
    /// <param name="before">The versions that are known.</param>
    /// <param name="plans">One for each version that is to serve.</param>
    /// <returns>Why that cannot be said; null when it can.</returns>
    public string? TryPlan(ModelDefinition definition, IReadOnlyList<ModelVersion> before, out List<VersionPlan> plans)
    {
        plans = [];
        if (definition.Error is { } fault)
        {
            return fault;
        }

        var numbers = definition.Configuration.VersionPolicy.Select([.. definition.Versions.Select(static version => version.Number)]);
        try
        {
            plans.AddRange(definition.Versions.Where(version => numbers.Contains(version.Number)).Select(directory => Plan(definition, directory, before)));
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What the repository read a moment ago is gone.
            return $"'{definition.Directory}' cannot be read: {exception.Message}";
        }
    }

    private VersionPlan Plan(ModelDefinition definition, VersionDirectory directory, IReadOnlyList<ModelVersion> before)
    {
        var fingerprint = VersionFingerprint.Compute(definition, directory);
        var earlier = before.FirstOrDefault(version => version.Number == directory.Number);
        return earlier is { State: ModelState.Ready } && earlier.Fingerprint == fingerprint
            ? new VersionPlan(earlier, directory, IsNew: false)
            : new VersionPlan(new ModelVersion(definition.Name, directory.Number, definition.Configuration, timeProvider, logger, earlier?.Recorder) { Fingerprint = fingerprint }, directory, IsNew: true);
    }
}
