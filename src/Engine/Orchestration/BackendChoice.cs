using Camshaft.Backends;

namespace Camshaft.Engine.Orchestration;

/// <summary>Who runs a version, where, and from which file.</summary>
/// <param name="Backend">The backend.</param>
/// <param name="Device">The device.</param>
/// <param name="FilePath">The absolute path of the model file.</param>
internal sealed record BackendChoice(IBackend Backend, IDevice Device, string FilePath);
