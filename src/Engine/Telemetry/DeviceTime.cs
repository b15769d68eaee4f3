using Camshaft.Backends;

namespace Camshaft.Engine.Telemetry;

/// <summary>How long an accelerator has computed for a version of a model, batches that failed included.</summary>
/// <param name="Device">The accelerator.</param>
/// <param name="Time">How long, by its own clock.</param>
public readonly record struct DeviceTime(IDevice Device, TimeSpan Time);
