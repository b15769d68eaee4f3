using System.Runtime.InteropServices;

namespace Camshaft.Backends.OnnxRuntime.Native;

/// <summary>
/// Owns one native object of ONNX Runtime. What an object needs to live (a session its environment) is its parent, which is
/// not released before it, in whatever order the owners are disposed.
/// </summary>
internal sealed unsafe class OrtHandle : SafeHandle
{
    private readonly delegate* unmanaged[Cdecl]<nint, void> _release;
    private readonly OrtHandle? _parent;

    /// <summary>Takes ownership.</summary>
    /// <param name="value">The object.</param>
    /// <param name="release">Its release function.</param>
    /// <param name="parent">What must outlive it.</param>
    public OrtHandle(nint value, delegate* unmanaged[Cdecl]<nint, void> release, OrtHandle? parent = null)
        : base(0, ownsHandle: true)
    {
        _release = release;
        if (parent is not null)
        {
            var added = false;
            parent.DangerousAddRef(ref added);
            _parent = parent;
        }

        SetHandle(value);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The object, for calls made while this handle, or a child of it, is not disposed.</summary>
    public nint Value => handle;

    protected override bool ReleaseHandle()
    {
        _release(handle);
        _parent?.DangerousRelease();
        return true;
    }
}
