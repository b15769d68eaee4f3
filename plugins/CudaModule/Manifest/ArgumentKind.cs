namespace Camshaft.Plugins.CudaModules.Manifest;

/// <summary>What a kernel is given.</summary>
internal enum ArgumentKind
{
    Input,
    Output,
    Scratch,
    Int32,
    Int64,
    Float32,
    Float64,
}
