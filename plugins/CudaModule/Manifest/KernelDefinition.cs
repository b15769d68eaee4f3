using Camshaft.Plugins.CudaModules.Expressions;

namespace Camshaft.Plugins.CudaModules.Manifest;

/// <summary>One launch of a model's sequence.</summary>
/// <param name="Name">The kernel's name in the module.</param>
/// <param name="Grid">Blocks in each direction.</param>
/// <param name="Block">Threads of a block in each direction.</param>
/// <param name="Shared">Bytes of shared memory beside what the kernel declares.</param>
/// <param name="Arguments">What it is given.</param>
internal sealed record KernelDefinition(string Name, Expression[] Grid, Expression[] Block, Expression Shared, KernelArgument[] Arguments);
