namespace Camshaft.Testing.Cuda.Ptx.Syntax;

/// <summary>A parameter, or a piece of shared memory.</summary>
/// <param name="Line">Where it is declared.</param>
/// <param name="Name">Its name.</param>
/// <param name="ByteSize">Its bytes; 0 = shared memory whose size the launch says.</param>
/// <param name="Alignment">Its address is a multiple of this.</param>
internal sealed record Variable(int Line, string Name, int ByteSize, int Alignment);
