using Camshaft.Engine.Models;
using Camshaft.Engine.Orchestration.Residency;

namespace Camshaft.Engine.Orchestration;

/// <summary>
/// Puts versions that were loaded into the place of those before them. They are ready before they are seen, and what they replace drains after
/// that: whoever looks for a model at any time finds one that takes requests, if there was one. By whoever has the model's gate.
/// </summary>
internal sealed class VersionPublisher(ModelResidency residency, VersionUnloads unloads)
{
    /// <summary>Makes a model's versions what they are to be.</summary>
    /// <param name="entry">The model.</param>
    /// <param name="before">The versions that it had.</param>
    /// <param name="wanted">Those that it is to have, loaded or failed; one that failed leaves its predecessor in place.</param>
    public void Publish(ModelEntry entry, IReadOnlyList<ModelVersion> before, IReadOnlyList<ModelVersion> wanted)
    {
        var now = new List<ModelVersion>();
        string? reason = null;
        foreach (var version in wanted)
        {
            var old = before.FirstOrDefault(known => known.Number == version.Number && known != version && known.State is ModelState.Ready or ModelState.Standby);
            if (version.State == ModelState.Failed && old is not null)
            {
                reason = $"version {version.Number} could not be loaded again and the one before it still serves: {version.Reason}";
                now.Add(old);
                continue;
            }

            if (version.State is ModelState.Loading or ModelState.Warming)
            {
                Serve(version, awaitedBy: 0);
            }

            now.Add(version);
        }

        // Versions that are gone from the repository stay listed, as unloaded.
        var gone = before.Where(known => now.All(version => version.Number != known.Number));
        entry.Set([.. now, .. gone], reason);
        now.ForEach(FollowDevice);
        unloads.Retire(before.Except(now));
    }

    /// <summary>Puts one version into the place of its predecessor.</summary>
    /// <param name="entry">The model.</param>
    /// <param name="before">The predecessor.</param>
    /// <param name="version">The version, loaded or failed.</param>
    /// <param name="countWaiting">Says how many requests wait for it.</param>
    public void Replace(ModelEntry entry, ModelVersion before, ModelVersion version, Func<int> countWaiting)
    {
        if (version.State != ModelState.Failed)
        {
            // Before it is seen: a request that found it still loading would be refused.
            Serve(version, countWaiting());
        }

        entry.Set([.. entry.Versions.Select(known => known == before ? version : known)], entry.Reason);
        FollowDevice(version);
        unloads.Retire([before]);
    }

    // A device that fails takes along the versions that can be seen; what was loaded meanwhile follows it here.
    private static void FollowDevice(ModelVersion version)
    {
        if (version.Device?.Fault is { } fault)
        {
            version.TakeOutOfService(fault);
        }
    }

    private void Serve(ModelVersion version, int awaitedBy)
    {
        version.MarkReady();
        residency.BeginServing(version, awaitedBy);
    }
}
