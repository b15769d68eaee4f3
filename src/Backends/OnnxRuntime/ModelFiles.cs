namespace Camshaft.Backends.OnnxRuntime;

/// <summary>What the files of a loaded model take.</summary>
/// <param name="ByteSize">All of them.</param>
/// <param name="MappedByteSize">Those of them that are mapped.</param>
internal readonly record struct ModelFiles(long ByteSize, long MappedByteSize);
