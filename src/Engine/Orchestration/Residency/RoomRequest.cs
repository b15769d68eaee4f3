using Camshaft.Backends;
using Camshaft.Engine.Models;

namespace Camshaft.Engine.Orchestration.Residency;

/// <summary>A version that is to be loaded and the bytes that it asks for; completes when it has them, or is refused.</summary>
internal sealed class RoomRequest(ModelVersion version, VersionHistory history, long byteSize)
    : TaskCompletionSource<InferenceStatus>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public ModelVersion Version => version;

    public VersionHistory History => history;

    public long ByteSize => byteSize;
}
