namespace Camshaft.Backends;

/// <summary>
/// Native stream handles of a lane (<c>CUstream</c> on CUDA). The lane owns them; a backend enqueues on them and never
/// destroys or synchronises them.
/// </summary>
/// <param name="CopyIn">Copies inputs to the device.</param>
/// <param name="Compute">Runs the model.</param>
/// <param name="CopyOut">Copies outputs to the host.</param>
public readonly record struct LaneStreams(nint CopyIn, nint Compute, nint CopyOut);
