using System.Net;
using System.Net.Sockets;
using Camshaft.Transport.Binary.Connections;
using Camshaft.Transport.Binary.Epoll;
using Camshaft.Transport.Binary.Regions;
using Camshaft.Transport.Wire;
using Microsoft.AspNetCore.Connections;

namespace Camshaft.Transport.Binary.Tests.SharedMemory;

/// <summary>Who is offered what.</summary>
public sealed class SharedMemoryOfferTests
{
    private const WireFeatures Both = WireFeatures.NamedMemory | WireFeatures.SealedMemory;
    private static readonly EndPoint Path = new UnixDomainSocketEndPoint("/tmp/socket");

    [Theory]
    [InlineData("127.0.0.1", WireFeatures.NamedMemory)]
    [InlineData("127.3.2.1", WireFeatures.NamedMemory)]
    [InlineData("::1", WireFeatures.NamedMemory)]
    [InlineData("10.0.0.1", WireFeatures.None)]
    [InlineData("::ffff:10.0.0.1", WireFeatures.None)]
    [InlineData("fe80::1", WireFeatures.None)]
    public void Over_TCP_a_caller_on_this_machine_alone_is_offered_memory_and_by_name_alone(string address, WireFeatures features)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory is Linux's.");
        var context = new DefaultConnectionContext { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1), LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 8003) };
        context.Features.Set<IReceivedDescriptors>(new ReceivedDescriptors());

        Assert.Equal(features, SharedMemoryOffer.Of(context, new SharedMemoryOptions(), hasCuda: false).Features);
    }

    [Theory]
    [InlineData(true, true, Both)]
    [InlineData(true, false, WireFeatures.NamedMemory)]
    [InlineData(false, true, WireFeatures.SealedMemory)]
    [InlineData(false, false, WireFeatures.None)]
    public void Each_kind_can_be_switched_off(bool named, bool @sealed, WireFeatures features)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory is Linux's.");
        var context = new DefaultConnectionContext { LocalEndPoint = Path };
        context.Features.Set<IReceivedDescriptors>(new ReceivedDescriptors());

        Assert.Equal(features, SharedMemoryOffer.Of(context, new SharedMemoryOptions { OffersNamed = named, OffersSealed = @sealed }, hasCuda: false).Features);
    }

    [Fact]
    public void A_host_that_receives_no_descriptors_offers_no_sealed_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory is Linux's.");

        Assert.Equal(WireFeatures.NamedMemory, SharedMemoryOffer.Of(new DefaultConnectionContext { LocalEndPoint = Path }, new SharedMemoryOptions(), hasCuda: false).Features);
    }

    [Fact]
    public void A_connection_without_an_address_is_offered_nothing() =>
        Assert.Equal(WireFeatures.None, SharedMemoryOffer.Of(new DefaultConnectionContext(), new SharedMemoryOptions(), hasCuda: false).Features);

    [Theory]
    [InlineData("127.0.0.1", true, true, true)]
    [InlineData("10.0.0.1", true, true, false)]
    [InlineData("127.0.0.1", false, true, false)]
    [InlineData("127.0.0.1", true, false, false)]
    public void Memory_of_GPUs_is_offered_to_callers_on_this_machine_where_there_are_GPUs(string address, bool isOffered, bool hasCuda, bool isInForce)
    {
        var context = new DefaultConnectionContext { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1), LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 8003) };
        var options = new SharedMemoryOptions { OffersNamed = false, OffersCuda = isOffered };

        Assert.Equal(isInForce ? WireFeatures.CudaMemory : WireFeatures.None, SharedMemoryOffer.Of(context, options, hasCuda).Features);
        Assert.Equal(isOffered && hasCuda, SharedMemoryOffer.Of(new DefaultConnectionContext { LocalEndPoint = Path }, options, hasCuda).Features == WireFeatures.CudaMemory);
    }
}
