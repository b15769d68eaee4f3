namespace Camshaft.EngineBenchmark.Copies;

/// <summary>What a request takes beside its run.</summary>
/// <param name="Model">The model.</param>
/// <param name="PayloadByteSize">The bytes of its inputs.</param>
/// <param name="RowsPerRun">How many rows ran together on average.</param>
/// <param name="CopiesPerByte">How often each of these bytes was copied, the copy out of the caller's hands included.</param>
/// <param name="AllocatedBytes">The managed bytes that the whole process allocated for it.</param>
internal sealed record RequestWay(string Model, long PayloadByteSize, double RowsPerRun, double CopiesPerByte, double AllocatedBytes);
