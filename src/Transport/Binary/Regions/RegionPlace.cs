using Camshaft.Engine.Memory.Shared;

namespace Camshaft.Transport.Binary.Regions;

/// <summary>Where in a region a tensor of a request lies, with a share in the region.</summary>
/// <param name="Tensor">The tensor's index, of inputs or of outputs.</param>
/// <param name="Region">The region, in whose bounds the rest is.</param>
/// <param name="Number">Its number.</param>
/// <param name="Offset">The first byte.</param>
/// <param name="ByteSize">Its bytes; of an output, how many it may have.</param>
internal readonly record struct RegionPlace(int Tensor, SharedRegion Region, uint Number, long Offset, long ByteSize);
