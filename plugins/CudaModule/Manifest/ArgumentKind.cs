namespace Camshaft.Plugins.CudaModules.Manifest;

/// <summary>What a kernel is given.</summary>
internal enum ArgumentKind
{
    Input,
    Output,
    Scratch,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Float32,
    Float64,
}
