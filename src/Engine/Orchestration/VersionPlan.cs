using Camshaft.Engine.Models;
using Camshaft.Engine.Repository;

namespace Camshaft.Engine.Orchestration;

/// <summary>What is to be done for one version that the policy wants.</summary>
/// <param name="Version">The version that is to serve.</param>
/// <param name="Directory">Where its files are.</param>
/// <param name="IsNew">Whether it is to be loaded; otherwise it serves already, from the same files.</param>
internal sealed record VersionPlan(ModelVersion Version, VersionDirectory Directory, bool IsNew);
